"""The Web API: `gate` lets calls in, the other modules are the methods, by Slack's families."""
