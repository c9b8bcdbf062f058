"""Nothing that was acknowledged is lost or doubled, whatever is killed."""
