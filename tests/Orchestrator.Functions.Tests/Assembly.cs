// Most tests wait for something; two at a time leave the processors idle.
[assembly: CollectionBehavior(MaxParallelThreads = 4)]
