"""Pure judgement: from a request what should happen, from a reply what did, from both a verdict."""
