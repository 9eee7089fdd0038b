"""What buyers leave: enquiries, reservations, saved searches, and the ledger of it all."""
