"""What the inventory looks for, one question a file. Standard library only: it runs beside hostile input."""
