"""One job of GitHub Actions: reads the inputs of action.yml, assesses, and shows the result in the job. It never signs."""
