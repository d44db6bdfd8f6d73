"""How resources of the REST API are declared: one class says what a resource is, the rest follows."""

from accounts.api.body import Arguments, Body, Code, CodeList, Of, Shown, Text
from accounts.api.resource import Resource, Verb

__all__ = [
    "Arguments",
    "Body",
    "Code",
    "CodeList",
    "Of",
    "Resource",
    "Shown",
    "Text",
    "Verb",
]
