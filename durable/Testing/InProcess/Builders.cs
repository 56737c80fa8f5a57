using Microsoft.Extensions.DependencyInjection;

namespace Orchestrator.Durable.Testing;

/// <summary>The builders of one kind in a service collection, so that a second call for a name goes on with the first one's builder.</summary>
internal sealed class Builders<T>
{
    private readonly Dictionary<string, T> builders = [];

    public IReadOnlyCollection<T> All => builders.Values;

    public static Builders<T> Of(IServiceCollection services)
    {
        if (services.FirstOrDefault(service => service.ServiceType == typeof(Builders<T>))?.ImplementationInstance is Builders<T> known)
            return known;
        var added = new Builders<T>();
        services.AddSingleton(added);
        return added;
    }

    public T GetOrAdd(string name, Func<string, T> add) => builders.TryGetValue(name, out var known) ? known : builders[name] = add(name);
}
