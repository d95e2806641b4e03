"""Known findings: a list that is kept beside a project, so that only news turn its CI red."""
