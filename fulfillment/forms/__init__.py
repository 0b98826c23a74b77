"""Forms of this room's pages. They ask; the room's functions judge."""
