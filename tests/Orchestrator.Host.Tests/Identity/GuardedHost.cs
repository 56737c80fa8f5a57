using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orchestrator.Functions.Identity;
using Orchestrator.Host.Hosting;
using Orchestrator.Host.Hosting.Keys;
using Orchestrator.TestKit;

namespace Orchestrator.Host.Tests.Identity;

/// <summary>The whole app as <c>orc serve</c> runs it, with keys and tokens and without a cluster.</summary>
internal sealed class GuardedHost : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private readonly TemporaryDirectory folder = new();
    private readonly HttpClient http = new();
    private readonly LogRecorder log = new();
    private WebApplication app = null!;

    private GuardedHost(TestIssuer issuer) => Issuer = issuer;

    public TestIssuer Issuer { get; }

    public IServiceProvider Services => app.Services;

    /// <summary>Everything that was logged.</summary>
    public IEnumerable<string> Log => log.Lines.Select(line => line.Text);

    public IReadOnlyList<string> AuditLines => [.. log.Lines.Where(line => line.Category == AuditTrail.Category).Select(line => line.Text)];

    public static async Task<GuardedHost> StartAsync(params (string Name, string Value)[] settings)
    {
        var host = new GuardedHost(await TestIssuer.StartAsync());
        MasterKey.Ensure(host.folder.Path);
        var configuration = new ConfigurationBuilder()
            .AddConfiguration(HostConfiguration.ForDev(host.folder["kubeconfig"], new Uri("http://127.0.0.1:1"), storage: null))
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create($"Orchestrator:{setting.Name}", (string?)setting.Value)))
            .AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["Orchestrator:Entra:TenantId"] = TestIssuer.TenantId,
                ["Orchestrator:Entra:Audience"] = TestIssuer.Audience,
                ["Orchestrator:Entra:MetadataAddress"] = host.Issuer.Metadata,
            })
            .Build();
        host.app = EmbeddedHost.Build(
            new EmbeddedHostSettings
            {
                Urls = "http://127.0.0.1:0",
                DataDirectory = host.folder.Path,
                AsksForKeys = true,
                Configuration = configuration,
            },
            services => services.AddLogging(logging => logging.ClearProviders().AddProvider(host.log)));
        await host.app.StartAsync();
        host.http.BaseAddress = new(host.app.Urls.Single());
        return host;
    }

    /// <summary>The value of a key: <c>master</c> is there, another one is made.</summary>
    public string Key(string name)
    {
        if (name == KeyRing.Master)
        {
            return MasterKey.Find(folder.Path)!;
        }

        var value = MasterKey.NewValue();
        var scope = name.Split('/') is [var function, _] ? new KeyScope(KeyKind.Function, function)
            : name == KeyRing.DurableTask ? KeyScope.System
            : KeyScope.Host;
        return KeyRingFile.Change(folder.Path, ring => (ring.With(scope, name.Split('/')[^1], value, DateTime.UtcNow), value));
    }

    public async Task<HttpResponseMessage> SendAsync(
        string call, string? key = null, string? token = null, string? body = null, params (string Name, string Value)[] headers)
    {
        var parts = call.Split(' ', 2);
        using var request = new HttpRequestMessage(new(parts[0]), parts[1]);
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        if (key is not null)
        {
            request.Headers.Add("x-functions-key", key);
        }

        if (token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await http.SendAsync(request);
    }

    /// <summary>The first audit line with a text in it; it is written when the answer is out.</summary>
    public Task<string> AuditAsync(string text) => Eventually.GetAsync(
        () => Task.FromResult(AuditLines.FirstOrDefault(line => line.Contains(text, StringComparison.Ordinal))),
        Deadline,
        $"an audit line with '{text}'");

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await app.StopAsync();
        await app.DisposeAsync();
        await Issuer.DisposeAsync();
        folder.Dispose();
    }
}
