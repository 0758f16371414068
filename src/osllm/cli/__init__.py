"""The command line: parse, ask one function of `osllm.api`, hand the document to `osllm.render`.

Commands are described as data (`spec`, `options`, one module per command). An ordinary command line is read from that
description directly (`parse`), which costs no import; help, completion and every unusual line go to Typer (`typer_app`).
"""
