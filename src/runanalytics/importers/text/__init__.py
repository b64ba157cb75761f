"""Text that people and apps write: tables, XML, local times, units."""
