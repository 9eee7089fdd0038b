"""How the pages write dates and times, where Django would not write them so."""
