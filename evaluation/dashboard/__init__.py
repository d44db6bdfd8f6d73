"""What pages and API show: read models over published figures and ratings."""
