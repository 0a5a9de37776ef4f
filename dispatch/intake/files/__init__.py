"""The kinds of files behind ``reader``: what they are, what they may cost, and the process that opens workbooks.

The child process imports this package and little else: it starts once for each workbook.
"""
