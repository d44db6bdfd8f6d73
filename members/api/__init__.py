"""Members through the REST API: the pages' filters, the pages' actions, the same scope."""
