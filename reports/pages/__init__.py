"""The pages for people: the report of one run, and the comparison of several.

Each is one file that needs no network. Everything that came off the wire is escaped by Jinja2 or
written as text by the page's script; no string of a target's ever becomes markup.
"""
