using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Microsoft.DurableTask.Worker.Hosting;

/// <summary>A worker of another kind than the engine in this process, to be chosen by <c>UseBuildTarget</c>.</summary>
/// <param name="name">Its name; <c>null</c> for the default one.</param>
/// <param name="factory">Makes its tasks.</param>
public abstract class DurableTaskWorker(string? name, IDurableTaskFactory factory) : BackgroundService
{
    /// <summary>The name of the worker.</summary>
    protected virtual string Name { get; } = name ?? Options.DefaultName;

    /// <summary>Makes its tasks.</summary>
    protected virtual IDurableTaskFactory Factory { get; } = factory ?? throw new ArgumentNullException(nameof(factory));

    /// <summary>Says what of an exception is kept.</summary>
    protected IExceptionPropertiesProvider? ExceptionPropertiesProvider { get; set; }
}
