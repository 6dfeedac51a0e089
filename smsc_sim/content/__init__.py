"""Text to septets, segments and money; knows nothing of networks."""
