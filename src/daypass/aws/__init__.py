"""The gatehouse: the only importer of the AWS SDK, and the only one who knows what AWS's words mean."""
