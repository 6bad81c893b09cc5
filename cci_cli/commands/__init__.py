"""The verbs of ``cci``: one module, one function, one result each."""
