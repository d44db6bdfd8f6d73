"""The registry as resources of the REST API."""
