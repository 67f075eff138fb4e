"""What several rooms ask of text: tokens, sentences, languages, selectors, and which URLs are the same.

Position: below all rooms that read text, so that rules, search and fingerprints agree on what a word
is. Pure. Import from the modules: `tokens`, `stems`, `readings`, `sentences`, `language`, `characters`,
`selectors`, `records`, `urls`.
"""
