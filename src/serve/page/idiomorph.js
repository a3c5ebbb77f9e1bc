// Placeholder of the other.
