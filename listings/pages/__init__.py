"""What buyers read without a front end: an advert, results, a map of the site."""
