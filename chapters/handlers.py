"""The doors through which facts come in: enrolments, results and certificates, and retired people."""
