// Each test runs several processes, and a demo is judged by metrics: tests that share two cores would judge each other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
