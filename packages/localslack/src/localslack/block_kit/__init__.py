"""Block Kit as Slack judges it: the shapes as data, and the one function that reads them."""
