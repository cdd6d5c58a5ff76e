"""Pages of connected numbers: the simulator, and the panels that the team's pages show by their address."""
