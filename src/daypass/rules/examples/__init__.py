"""The examples of a document and files of past requests, tried under rules."""
