using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Hosting;
using Orchestrator.Functions;

// The Azure Function App. The embedded host has its own entry point and shares the registration.
var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
builder.Services.AddOrchestrator(builder.Configuration);
builder.Build().Run();
