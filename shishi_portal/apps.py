from django.apps import AppConfig

from shishi_portal import checks, logs

__all__ = ["PortalConfig", "checks"]


class PortalConfig(AppConfig):
    name = "shishi_portal"
    verbose_name = "平台"

    def ready(self) -> None:
        logs.configure()
