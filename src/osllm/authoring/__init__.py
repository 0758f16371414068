"""The workshop: YAML that people write, checked and compiled. Off the path of every answer; the only importer of pydantic and yaml."""
