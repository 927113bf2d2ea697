"""The same pages live, from the same templates: each is made when it is asked for, of what lies there then."""
