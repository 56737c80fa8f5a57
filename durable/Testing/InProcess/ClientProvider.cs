using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Options;

namespace Orchestrator.Durable.Testing;

/// <summary>A client among the services, where only the default one may be a service by its own type.</summary>
internal sealed record NamedClient(DurableTaskClient Client) : IAsyncDisposable
{
    public ValueTask DisposeAsync() => Client.DisposeAsync();
}

/// <summary>Finds clients by their names.</summary>
internal sealed class ClientProvider(IEnumerable<NamedClient> clients) : IDurableTaskClientProvider
{
    public DurableTaskClient GetClient(string? name = default) =>
        clients.FirstOrDefault(each => each.Client.Name == (name ?? Options.DefaultName))?.Client
        ?? throw new ArgumentOutOfRangeException(
            nameof(name), name, $"There is no client of this name; there are: {string.Join(", ", clients.Select(each => $"'{each.Client.Name}'"))}.");
}
