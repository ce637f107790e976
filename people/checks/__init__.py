"""What ``community_doctor`` looks at that concerns every package: installation, platform, database, servers, work."""
