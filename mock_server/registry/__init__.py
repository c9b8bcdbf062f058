"""What the service keeps: people and their memberships, and every exchange with the challenge it used up."""
