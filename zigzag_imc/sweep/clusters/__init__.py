"""Sweeps on clusters, by the engines that are there: Dask, and SLURM through submitit."""
