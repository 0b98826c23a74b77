from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "portal"

    def ready(self) -> None:
        """Teaches the page of a test ID, in a lower room, the words of the rooms above it."""
        from inventory import stories
        from portal import story

        stories.learn(story.WORDS, echoes=story.ECHOES)
