"""The frame around the pages: home, language and theme, health, error pages. No tables."""
