"""What may mean harm: GuardDog's rules, and names of packages that resemble well-known ones."""
