using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orchestrator.Durable.Testing;

namespace Microsoft.DurableTask.Client;

/// <summary>The builder behind <c>AddDurableTaskClient</c>.</summary>
/// <param name="name">The name of the client; <c>null</c> for the default one.</param>
/// <param name="services">The services of the host.</param>
public class DefaultDurableTaskClientBuilder(string? name, IServiceCollection services) : IDurableTaskClientBuilder
{
    /// <inheritdoc/>
    public string Name { get; } = name ?? Options.DefaultName;

    /// <inheritdoc/>
    public IServiceCollection Services { get; } = services;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The type is no class that can be made and derives from <see cref="DurableTaskClient"/>.</exception>
    public Type? BuildTarget
    {
        get;
        set => field = value is null || (value.IsSubclassOf(typeof(DurableTaskClient)) && !value.IsAbstract)
            ? value
            : throw new ArgumentException($"{value} must be a class that can be made and derives from {typeof(DurableTaskClient)}.", nameof(value));
    }

    /// <inheritdoc/>
    public DurableTaskClient Build(IServiceProvider serviceProvider)
    {
        ArgumentNullException.ThrowIfNull(serviceProvider);
        return BuildTarget is null
            ? InProcessEngine.CreateClient(serviceProvider, Name)
            : (DurableTaskClient)ActivatorUtilities.CreateInstance(serviceProvider, BuildTarget, Name);
    }
}
