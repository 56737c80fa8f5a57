using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orchestrator.Durable.Engine.Triggers;
using Orchestrator.Host.Hosting;
using Orchestrator.TestKit;

namespace Orchestrator.Host.Tests.Hosting;

public sealed class ManagementKeyTests
{
    /// <summary>Of the app and of the management API; docs/management-api.md refers to it.</summary>
    [Fact]
    public async Task Every_route_asks_for_the_key()
    {
        using var folder = new TemporaryDirectory();
        await using var app = EmbeddedHost.Build(
            new EmbeddedHostSettings
            {
                Urls = "http://127.0.0.1:0",
                DataDirectory = folder.Path,
                AsksForKeys = true,
                Configuration = HostConfiguration.ForDev(folder["kubeconfig"], new Uri("http://127.0.0.1:1"), storage: null),
            },
            services => services.AddLogging(logging => logging.ClearProviders()));
        await app.StartAsync();
        using var client = new HttpClient { BaseAddress = new(app.Urls.Single()) };
        var endpoints = app.Services.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<KeyRequirement>() is not { Level: AuthorizationLevel.Anonymous })
            .ToList();

        foreach (var endpoint in endpoints)
        {
            var path = string.Join("/", endpoint.RoutePattern.PathSegments.Select(Segment));
            foreach (var verb in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET"])
            {
                using var answer = await client.SendAsync(new(new HttpMethod(verb), "/" + path));
                Assert.True(answer.StatusCode is HttpStatusCode.Unauthorized, $"{verb} /{path} answers {answer.StatusCode} without a key");
                Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
            }
        }

        Assert.True(endpoints.Count > 30, $"Only {endpoints.Count} routes were found.");
    }

    private static string Segment(RoutePatternPathSegment segment) =>
        string.Concat(segment.Parts.Select(part => (part as RoutePatternLiteralPart)?.Content ?? "x"));
}
