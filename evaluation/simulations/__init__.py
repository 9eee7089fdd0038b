"""Markets of known truth, made by rules that no estimator shares."""
