"""What the block and the pages for buyers share: addresses, questions, words, linked data."""
