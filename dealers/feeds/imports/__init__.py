"""The import: a file is read into a stage, matched with the stock, judged and applied.

Every step is a sequence of transactions, each of which moves the run's position with what it
writes. A worker that dies has done whole transactions; whoever goes on begins where they end.
"""
