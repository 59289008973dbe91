front-title = How productive is Indonesia
front-question = How productive is Indonesia, where, and in what?
