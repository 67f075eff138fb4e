"""Does a page give the story, the whole story, and nothing but the story?"""
