"""What the pages about referrals share: the words for people, names of parties and clients, and lists in pieces."""
