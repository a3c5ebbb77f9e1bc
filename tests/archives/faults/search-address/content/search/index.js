of mine
