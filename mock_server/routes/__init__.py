"""The paths of `/v1`: one module for each subject, which parses, calls the service and renders. None decides."""
