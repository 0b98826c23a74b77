"""The played journey of a first start: by HTTP, through the same doors as everybody."""
